"""The registers: what may stand in each, how a file of one is read, and how a change is decided.

A register that is filled changes by the head of service with a second person. What a change would
add, change and end is worked out here, from values only.
"""
