"""A week of patrols: who walks which loop on which day, how far from the best that can be, and how unpredictable.

problem    WeekProblem, what there is to plan
plan       WeekPlan and plan_week, which makes one
check      verify_week, an independent look at it
solver     how it is made: roster (who walks when), relaxed (the week as an evening), the search of routing.search,
           bound (what no week can exceed), record and surprise (what is said of the plan)
"""
