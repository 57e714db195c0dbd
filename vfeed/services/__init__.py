"""What a person can do, asked for in one place: web pages, the worker and the command line call the same.

Nothing here knows Flask. Every use case takes the actor, asks for permission with a reason, and answers with types.
"""
