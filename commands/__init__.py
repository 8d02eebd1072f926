"""The command line's verbs, put together by app.py."""
