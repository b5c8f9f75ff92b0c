package registries

// Together is for tests.
var Together = together
