package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"sync/atomic"

	"countersign/bot/fakeslack"
)

// warmUp is how many presses at most come before the measured ones, on both sides: V8
// has compiled by then what is hot.
const warmUp = 256

// acks measures how long a press of Approve takes until it is acknowledged: the
// product, for which it is durable by then, beside a bot on Slack's own
// framework that acknowledges and does nothing.
//
// The same on both sides: the emulator's code, in this process; plain HTTP and
// WebSocket over loopback; a process of its own; the same cards in the same
// direct conversations, so that payloads have the same size; the same presses in
// the same order. The time includes the emulator's own work on an envelope.
//
// Not the same, all to the product's cost: it commits with synchronous=FULL; its
// jobs go on meanwhile, drawing cards at Slack's pace and making each membership
// in an emulated Google, which also runs in this process.
func acks(ctx context.Context, l lab) error {
	product, cards, err := productAcks(ctx, l)
	if err != nil {
		return fmt.Errorf("the product: %w", err)
	}
	if err := l.node.install(ctx); err != nil {
		fmt.Printf("  %s is not measured: %v\n", boltPackage, err)
		return nil
	}
	bolt, err := boltAcks(ctx, l, cards)
	if err != nil {
		return fmt.Errorf("%s: %w", boltPackage, err)
	}
	fmt.Printf("  product to %s: p50 alone %.2f, p50 in flight %.2f, p99 in flight %.2f, throughput %.2f\n", boltPackage,
		ratio(product.alone.p50, bolt.alone.p50), ratio(product.many.p50, bolt.many.p50), ratio(product.many.p99, bolt.many.p99), product.many.rate/bolt.many.rate)
	return nil
}

func ratio[N ~int64](a, b N) float64 { return float64(a) / float64(b) }

// acked is how acknowledgements came, one at a time and with many in flight.
type acked struct {
	alone, many figure
	unanswered  int // presses after which the person saw Slack's error
	faults      int // presses after which the person saw the bot's
}

// parts says how many presses are made to warm up, alone, and with many in flight.
func (l lab) parts() (warm, alone, many int) { return min(warmUp, l.n), max(1, l.n/4), l.n }

// pressAll presses all buttons in order, in the three parts. A press without an
// acknowledgement counts with the three seconds that Slack waits.
func (l lab) pressAll(ctx context.Context, o *office, who string, all []press) (out acked, err error) {
	warm, alone, many := l.parts()
	if len(all) < warm+alone+many {
		return out, fmt.Errorf("%d buttons to press, want %d", len(all), warm+alone+many)
	}
	var unanswered atomic.Int64
	part := func(from, count, callers int) (figure, error) {
		return together(count, callers, func(i int) error {
			err := o.press(ctx, all[from+i])
			if errors.Is(err, fakeslack.ErrNoAnswer) {
				unanswered.Add(1)
				return nil
			}
			return err
		})
	}
	if _, err := part(0, warm, inFlight); err != nil {
		return out, err
	}
	if out.alone, err = part(warm, alone, 1); err != nil {
		return out, err
	}
	out.alone.say(who + ", one at a time")
	if out.many, err = part(warm+alone, many, inFlight); err != nil {
		return out, err
	}
	out.many.say(fmt.Sprintf("%s, %d in flight", who, inFlight))
	if out.unanswered = int(unanswered.Load()); out.unanswered > 0 {
		fmt.Printf("  %s left %d of %d presses without an answer for three seconds\n", who, out.unanswered, warm+alone+many)
	}
	return out, nil
}

// boltAcks posts the same cards in an office of its own and presses them.
func boltAcks(ctx context.Context, l lab, cards []card) (acked, error) {
	o, err := openOffice(l.staff())
	if err != nil {
		return acked{}, err
	}
	defer o.close()
	rooms := make(map[string]string)
	for i, c := range cards {
		if rooms[c.user] == "" {
			rooms[c.user] = o.slack.AddChannel(fakeslack.Channel{DM: true, Members: []string{c.user, "U0BOT"}}).ID
		}
		cards[i].Channel = rooms[c.user]
		if cards[i].TS, err = o.post(ctx, cards[i]); err != nil {
			return acked{}, err
		}
	}
	buttons, err := presses(cards)
	if err != nil {
		return acked{}, err
	}
	bot, _, err := l.node.begin(ctx, o.api)
	if err != nil {
		return acked{}, err
	}
	defer bot.kill()
	return l.pressAll(ctx, o, "no-op bolt", buttons)
}

// post posts a card as the bot would and returns its timestamp.
func (o *office) post(ctx context.Context, c card) (ts string, err error) {
	body, err := json.Marshal(map[string]any{"channel": c.Channel, "text": c.Text, "blocks": c.Blocks, "metadata": c.Metadata})
	if err != nil {
		return "", err
	}
	ask, err := http.NewRequestWithContext(ctx, http.MethodPost, o.api+"chat.postMessage", bytes.NewReader(body))
	if err != nil {
		return "", err
	}
	ask.Header.Set("Content-Type", "application/json; charset=utf-8")
	ask.Header.Set("Authorization", "Bearer xoxb-fake")
	response, err := http.DefaultClient.Do(ask)
	if err != nil {
		return "", fmt.Errorf("post a card: %w", err)
	}
	defer response.Body.Close()
	var said struct{ TS, Error string }
	if err := json.NewDecoder(response.Body).Decode(&said); err != nil {
		return "", fmt.Errorf("post a card: %w", err)
	}
	if said.TS == "" {
		return "", fmt.Errorf("post a card: the emulator answered %s", said.Error)
	}
	return said.TS, nil
}
