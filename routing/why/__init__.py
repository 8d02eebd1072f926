"""Why a plan is as it is: reasons for what is left out, remedies, what each team adds, slots for a new team.

walker       what one team, real or only thought of, can reach and how it sees the blocks around it
visits       how often each block is walked, and what one visit more or less is worth
timing       kernels: when a loop with bands can be walked, and how long it takes
pricing      kernels: what a block would cost in a loop
one_team     kernels: the best loop of one team among blocks nobody else wants
reasons      why each block on no loop was left out
remedies     extra teams that would cover what was left out
adds         what each team adds to the plan
fit          the best slots of a newly available team
explanation  all of it for one plan, as plain values too
"""
