package reports

// FiguresOf is [Figures] with about so many findings read at once.
var FiguresOf = figuresOf
