"""Destroy and repair: a search over whole plans that runs as machine code.

ground     the problem as the arrays that the kernels read
walks      the plan under search: every team's stops, and what they take
costs      what each block would cost in each loop, kept up to date
ruin       which stops to take out
recreate   which blocks to put in
polish     shorter loops, and dearer stops for cheaper ones
anneal     the loop around them
search     the driver: cycles of annealing, one after the other, until time is up
"""
