"""A week of patrols: who walks which loop on which day, how far from the best that can be, and how unpredictable.

problem    WeekProblem, what there is to plan

"""
