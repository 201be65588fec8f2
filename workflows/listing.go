package workflows

// Listing is a table for people: a page of it, and how many rows there are in
// all. All text is plain.
type Listing struct {
	Title   string
	View    string   // id of the view it shows
	Views   []Choice // the views there are
	Columns []string
	Rows    []Row
	Page    int // counts from 1
	Pages   int
	Count   int      // rows of the whole view
	Notes   []string // small print: as of when, what is left out
}

// Row is a line of a listing. Record is what it is about, or empty.
type Row struct {
	Record string
	Cells  []string // as many as there are columns
}

// Query asks for a page of a listing. Page 0 asks for all rows on one page, as
// for a file.
type Query struct {
	View string // empty: the default view
	Page int
}

// listingRows is how many rows a page has: what fits into one message of Slack
// with room for the words around it.
const listingRows = 15
