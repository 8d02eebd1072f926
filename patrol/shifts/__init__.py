"""A team's shift with its route: offered, answered, reminded, closed."""
