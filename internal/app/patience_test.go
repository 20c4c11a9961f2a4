package app

import (
	"context"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"flexybatch/batch"
	"flexybatch/internal/lang"
)

// Where the provider asks for patience too often, it is told what the provider said,
// and nothing of how the question was repeated.
func TestPatienceEndsInTheProvidersWords(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, err := patiently(t.Context(), lang.Msg("asking for the balance"), func(context.Context) (int, error) {
			return 0, &batch.Fault{Class: batch.ClassThrottled, Status: 429, Message: batch.Literal("slow down"), RetryAfter: time.Second}
		})
		if err == nil || err.Error() != "asking for the balance: HTTP 429 slow down" {
			t.Errorf("%v", err)
		}
		words, made := lang.New("fr")
		if said := words.Error(err); made != nil || strings.Contains(said, "asking") || !strings.HasSuffix(said, "HTTP 429 slow down") {
			t.Errorf("in French: %s, %v", said, made)
		}
	})
}
