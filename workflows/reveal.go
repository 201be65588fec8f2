package workflows

import (
	"context"
	"fmt"
)

// Reveal answers a button that shows something which is stored nowhere. What it
// did is durable before the secret is returned; asked again, it shows nothing.
func (s *Service) Reveal(ctx context.Context, p Press) (Revealed, error) {
	if p.Verb != VerbPassword {
		return Revealed{}, fmt.Errorf("verb %q: %w", p.Verb, ErrNotFound)
	}
	return s.showPassword(ctx, p)
}
