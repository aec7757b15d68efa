"""Small jobs with effects that can be counted, and a door to ask for them.

Real processes run with these settings in the tests that kill, stop and starve them.
"""
