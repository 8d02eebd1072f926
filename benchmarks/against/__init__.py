"""Other solvers on the same problems, with settings that are fair to them. None is needed to run the product."""
