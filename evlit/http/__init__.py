"""The one door to the network.

========  ==========================================================================
``door``  judge, retry, give up: what callers use
``pace``  spacing of starts across threads and processes
``wire``  one exchange, bounded in time and size
========  ==========================================================================
"""
