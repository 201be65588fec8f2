package bot

import (
	"fmt"
	"slices"
	"strings"

	"github.com/slack-go/slack"

	"countersign/workflows"
)

// listingBlocks draws a page of a listing: what it is, its rows, how many there
// are, and where to go from here. draw draws the rows.
func listingBlocks(l workflows.Listing, prints bool, draw func(workflows.Listing) slack.Block) []slack.Block {
	bold := &slack.RichTextSectionTextStyle{Bold: true}
	title := slack.NewRichTextSectionTextElement(cut(filled(listingTitle(l)), noteMax), bold)
	out := []slack.Block{slack.NewRichTextBlock("", slack.NewRichTextSection(title))}
	l = fitting(l)
	if len(l.Rows) == 0 || len(l.Columns) == 0 {
		out = append(out, textBlocks("There is nothing in this view.")...)
	} else {
		out = append(out, draw(l))
	}
	out = append(out, listingNotes(l)...)
	if all := listingElements(l, prints); len(all) > 0 {
		// The id is another for every page: Slack keeps what was chosen under one that stays.
		out = append(out, slack.NewActionBlock(cut(fmt.Sprintf("list:%s:%d", l.View, l.Page), idMax), all...))
	}
	return out
}

// What a message has of a listing at most. A product's page has less; together it
// is less than a message takes.
const (
	rowsMost  = 50
	viewsMost = 15
	notesMost = 10
	noteMax   = 150
	rowMax    = 45 // of a row's name where it can be chosen
)

// fitting is a listing without what is too much for a message, and says so.
func fitting(l workflows.Listing) workflows.Listing {
	l.Views, l.Notes = l.Views[:min(len(l.Views), viewsMost)], l.Notes[:min(len(l.Notes), notesMost)]
	if over := len(l.Rows) - rowsMost; over > 0 {
		l.Rows = l.Rows[:rowsMost]
		l.Notes = append([]string{fmt.Sprintf("%d more rows do not fit here.", over)}, l.Notes...)
	}
	return l
}

// listingTitle is what a listing is of, and which view of it.
func listingTitle(l workflows.Listing) string {
	if name := viewName(l); name != "" {
		return l.Title + " · " + name
	}
	return l.Title
}

func viewName(l workflows.Listing) string {
	for _, v := range l.Views {
		if v.Value == l.View {
			return v.Label
		}
	}
	return ""
}

// listingSentence is a listing for notifications and screen readers.
func listingSentence(l workflows.Listing) string {
	return fmt.Sprintf("%s: COUNT %d, page %d of %d", listingTitle(l), l.Count, max(l.Page, 1), max(l.Pages, 1))
}

// listingNotes is the number of rows and the small print.
func listingNotes(l workflows.Listing) []slack.Block {
	lines := []slack.MixedElement{plain(fmt.Sprintf("COUNT %d", l.Count), noteMax)}
	if l.Pages > 1 {
		lines = append(lines, plain(fmt.Sprintf("Page %d of %d", l.Page, l.Pages), noteMax))
	}
	for _, n := range l.Notes {
		lines = append(lines, plain(oneLine(n), noteMax))
	}
	var out []slack.Block
	for part := range slices.Chunk(lines, 10) {
		out = append(out, slack.NewContextBlock("", part...))
	}
	return out
}

// listingElements is what can be pressed and chosen under a listing.
func listingElements(l workflows.Listing, prints bool) []slack.BlockElement {
	var all []slack.BlockElement
	if views := options(viewChoices(l)); len(views) > 0 {
		e := slack.NewOptionsSelectBlockElement(slack.OptTypeStatic, plain("View", placeholderMax), listPrefix+listView, views...)
		e.InitialOption = chosen(views, viewSign+l.View)
		all = append(all, e)
	}
	if rows := options(rowChoices(l)); len(rows) > 0 {
		all = append(all, slack.NewOptionsSelectBlockElement(slack.OptTypeStatic, plain("Open a vendor", placeholderMax), listPrefix+listOpen, rows...))
	}
	if l.Page > 1 {
		all = append(all, pageButton(l, listBack, "Previous", l.Page-1))
	}
	if l.Page < l.Pages {
		all = append(all, pageButton(l, listNext, "Next", l.Page+1))
	}
	if prints {
		e := slack.NewButtonBlockElement(listPrefix+listPrint, fmt.Sprintf("%s|%d", l.View, l.Page), plain("PDF", buttonMax))
		e.AccessibilityLabel = cut("All rows of "+listingTitle(l)+" as a PDF", buttonMax)
		all = append(all, e)
	}
	return all
}

// pageButton is a button to another page.
func pageButton(l workflows.Listing, id, label string, page int) *slack.ButtonBlockElement {
	e := slack.NewButtonBlockElement(listPrefix+id, fmt.Sprintf("%s|%d", l.View, page), plain(label, buttonMax))
	e.AccessibilityLabel = cut(fmt.Sprintf("%s page, %d of %d", label, page, l.Pages), buttonMax)
	return e
}

// viewChoices are the views that a listing can be changed to.
func viewChoices(l workflows.Listing) []workflows.Choice {
	var out []workflows.Choice
	for _, v := range l.Views {
		out = append(out, workflows.Choice{Value: viewSign + v.Value, Label: v.Label})
	}
	return out
}

// rowChoices are the rows that can be opened, by what stands first in them.
func rowChoices(l workflows.Listing) []workflows.Choice {
	var out []workflows.Choice
	seen := make(map[string]bool)
	for _, row := range l.Rows {
		if row.Record == "" || seen[row.Record] {
			continue
		}
		seen[row.Record] = true
		label := row.Record
		if len(row.Cells) > 0 && strings.TrimSpace(row.Cells[0]) != "" {
			label = oneLine(row.Cells[0])
		}
		out = append(out, workflows.Choice{Value: row.Record, Label: cut(label, rowMax), Hint: row.Record})
	}
	return out
}
