"""GitHub, GitLab and Bitbucket: what they tell us (webhooks in), and what we tell them (statuses and comments out).

Reading and writing their words is pure; only `http.py` and what implements the port speak with anybody.
"""
