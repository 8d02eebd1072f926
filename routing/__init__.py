"""Streets, walking times and routes. Pure: numbers in, numbers out; knows nothing of the other rooms.

From a street file to walks on it:
streets    WalkGraph, the walking network that everything here reads
walkable   which OpenStreetMap ways a team may walk (the table of rules)
street_file  what every kind of street file has in common
osm        read_streets: an OpenStreetMap file becomes a WalkGraph
segments   read_segments: so does a table of segments that are cut at every junction
reading    read_street_file: either, as the name says
noding     from ways to junctions and edges: clipping, joining, splitting
saved      to_bytes, from_bytes, cached_streets
snap       snap and attach: places beside the street become places on it
travel     walking_metres, walking_path, path_along, join_paths, metres_to_nearest
turns      what to do at each corner of a path
stretches  pieces of street long enough to be worth walking end to end

From an evening's doors and blocks to a plan:
problem    Problem, what there is to plan
plan       Plan, and plan() that makes one
check      verify: an independent look at a plan
solver     how plan() goes about it, a table of contents
search     annealing by destroying and repairing, compiled
master     columns: loops weighed against each other over the whole city
proof      a weight that no plan can exceed
finish     from loops to the finished, checked plan
joint      merge_groups: joint patrols planned as one team each
why        explain: reasons for what is left out, remedies, what each team adds; slots for a new team
week       plan_week: seven evenings, visits wanted, rest and fairness
districts  plan_districts: a large evening in parts, on several workers
files      problems and plans as files, published instances; `python -m routing`
free_walk  what walking without a plan would have covered
"""
