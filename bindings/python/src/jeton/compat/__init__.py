"""Other libraries' functions over jeton, for moving to it in steps."""
