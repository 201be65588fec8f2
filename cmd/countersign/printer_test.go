package main

import (
	"bytes"
	"testing"
	"time"

	"countersign/cmd/countersign/config"
	"countersign/store"
	"countersign/store/evidence"
	"countersign/workflows"
)

func TestAPrintedListingSaysHowLargeTheLedgerWas(t *testing.T) {
	at := time.Date(2026, 11, 22, 8, 30, 0, 0, time.UTC)
	now := func() time.Time { return at }
	s, err := store.Open(t.Context(), "sqlite:"+t.TempDir()+"/countersign.db", store.Options{Now: now})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	err = s.Update(t.Context(), func(tx workflows.Tx) error {
		_, err := tx.Append(workflows.Event{Type: "sync.ran", Actor: workflows.System, Outcome: workflows.Success, Source: "job"})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	l := workflows.Listing{Title: "Vendors", Columns: []string{"Vendor"}, Rows: []workflows.Row{{Cells: []string{"Figma"}}}, Count: 1}
	got, err := printer(assembly{config: &config.Config{}, now: now}, &workflows.Catalogue{Organization: "Acme", Location: time.UTC}, s)(l)
	if err != nil {
		t.Fatal(err)
	}
	want, err := evidence.ListingPDF(l, evidence.Page{Organization: "Acme", At: at, Zone: time.UTC, LedgerSize: 1})
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Error("the page is another than one that says the size of the ledger")
	}
}
