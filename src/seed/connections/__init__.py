"""How an app is connected to its forge: what was heard from it, what is told to it, and with which credentials."""
