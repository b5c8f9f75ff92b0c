package pdf

// A Rect is a place on the paper in millimetres from its left and upper edges.
type Rect struct{ X, Y, W, H float64 }

// A Form is the geometry of a letter's first page in millimetres, given by
// the window of an envelope and where the paper is folded for it.
type Form struct {
	Paper      [2]float64 // width and height
	Head       Rect       // letterhead
	HeadRight  bool       // set flush right
	Window     Rect       // return line and address
	Indent     float64    // of the text in the window
	ReturnZone float64    // height of the return line's zone in the window
	Info       Rect       // reference and date, the first value on the line of the address's first
	Body       float64    // where the text starts
	Folds      []float64
	Hole       float64 // mark for the punch, or 0
	Left       float64 // margins
	Right      float64
	Bottom     float64
}

var (
	a4     = [2]float64{210, 297}
	letter = [2]float64{215.9, 279.4}
)

// Forms are the geometries by name.
var Forms = map[string]Form{
	"din-5008-a": {
		Paper: a4, Head: Rect{25, 8, 165, 18}, Window: Rect{20, 27, 85, 45}, Indent: 5, ReturnZone: 17.7,
		Info: Rect{125, 41.8, 65, 30}, Body: 80.5, Folds: []float64{87, 192}, Hole: 148.5,
		Left: 25, Right: 20, Bottom: 25,
	},
	"din-5008-b": {
		Paper: a4, Head: Rect{25, 12, 165, 30}, Window: Rect{20, 45, 85, 45}, Indent: 5, ReturnZone: 17.7,
		Info: Rect{125, 59.8, 65, 32}, Body: 98.5, Folds: []float64{105, 210}, Hole: 148.5,
		Left: 25, Right: 20, Bottom: 25,
	},
	"sn-010130-right": {
		Paper: a4, Head: Rect{25, 12, 165, 30}, Window: Rect{112, 45, 90, 45}, Indent: 6, ReturnZone: 14,
		Info: Rect{25, 56.1, 75, 34}, Body: 98.5, Folds: []float64{105, 210}, Hole: 148.5,
		Left: 25, Right: 20, Bottom: 25,
	},
	"sn-010130-left": {
		Paper: a4, Head: Rect{25, 8, 165, 26}, Window: Rect{20, 35.5, 100, 45}, Indent: 5, ReturnZone: 14,
		Info: Rect{128, 46.6, 62, 34}, Body: 89, Folds: []float64{105, 210}, Hole: 148.5,
		Left: 25, Right: 20, Bottom: 25,
	},
	"nf-z-11-001": {
		Paper: a4, Head: Rect{25, 8, 165, 26}, Window: Rect{100, 35, 100, 45}, Indent: 10, ReturnZone: 12,
		Info: Rect{25, 44.1, 70, 40}, Body: 99, Folds: []float64{99, 198}, Hole: 148.5,
		Left: 25, Right: 20, Bottom: 25,
	},
	"us-10": {
		Paper: letter, Head: Rect{25.4, 12, 165.1, 38}, Window: Rect{17.5, 55.6, 114.3, 28.6}, Indent: 8, ReturnZone: 4,
		Info: Rect{138, 56.7, 52.5, 28}, Body: 92, Folds: []float64{95.3, 187.3},
		Left: 25.4, Right: 25.4, Bottom: 25.4,
	},
	"us-9": {
		Paper: letter, Head: Rect{14.3, 12, 92.1, 30}, Window: Rect{14.3, 55.6, 92.1, 28.6}, Indent: 5, ReturnZone: 4,
		Info: Rect{125, 56.7, 65, 28}, Body: 92, Folds: []float64{95.3, 187.3},
		Left: 25.4, Right: 25.4, Bottom: 25.4,
	},
	"uk-dl": {
		Paper: a4, Head: Rect{25, 10, 165, 34}, Window: Rect{20, 47, 82, 31}, Indent: 4, ReturnZone: 5,
		Info: Rect{125, 49.1, 65, 40}, Body: 99, Folds: []float64{99, 198}, Hole: 148.5,
		Left: 25, Right: 20, Bottom: 25,
	},
	"jp-nagagata-3": {
		Paper: a4, Head: Rect{118, 10, 72, 30}, HeadRight: true, Window: Rect{22, 12, 90, 40}, Indent: 4, ReturnZone: 7,
		Info: Rect{118, 42, 72, 26}, Body: 72, Folds: []float64{83, 116, 232},
		Left: 22, Right: 20, Bottom: 22,
	},
}
