"""Who is told of what happens in a stage: Slack, e-mail, signed webhooks; and the badge that anybody may see."""
