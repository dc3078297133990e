"""The demo world: everything invented, the same at every start, large enough to be true.

It is on the top floor of the tenant apps because it fills all of them. Nothing of the portal imports it.
"""
