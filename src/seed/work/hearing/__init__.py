"""What repositories and forges tell, and what follows: builds, and stages that come and go."""
