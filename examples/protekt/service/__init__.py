"""A stand-in for Protekt's authentication service, on jeton.

Begin with `tokens.py`: all that has to do with JWTs is there and in `keys.py`.
"""
