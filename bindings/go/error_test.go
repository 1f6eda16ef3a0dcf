package jeton

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"
)

func TestAnErrorIsItsStatusAndNoOther(t *testing.T) {
	h := build(t)
	token := h.token(t)
	_, err := h.verifier.Verify(context.Background(), token, Call{Now: time.Now().Add(time.Hour)})
	if !errors.Is(err, ErrExpired) || errors.Is(err, ErrEarly) || errors.Is(err, ErrSignature) {
		t.Fatal(err)
	}
	var failure *Error
	if !errors.As(err, &failure) || failure.Status != ErrExpired || !strings.HasPrefix(failure.Message, "JWT is expired") {
		t.Error(failure)
	}
	var claim *ClaimError
	if !errors.As(err, &claim) || claim.Claim != "exp" || claim.Err != failure {
		t.Error(claim)
	}
	if err.Error() != "jeton: "+failure.Message {
		t.Error(err)
	}
}

func TestASignatureIsNoClaimsMatter(t *testing.T) {
	h := build(t)
	_, err := h.verifier.Verify(context.Background(), forged(h.token(t)))
	var claim *ClaimError
	if !errors.Is(err, ErrSignature) || errors.As(err, &claim) {
		t.Error(err)
	}
}

// forged is a token with another signature of the same length.
func forged(token string) string {
	at := strings.LastIndexByte(token, '.') + 1
	other := "A"
	if token[at] == 'A' {
		other = "B"
	}
	return token[:at] + other + token[at+1:]
}

func TestAReportComesWithTheError(t *testing.T) {
	h := build(t)
	verifier := must(NewVerifier(VerifierOptions{
		Keys: []*Keys{h.keys}, Issuer: Waive(), Audience: Only("another"), Report: []string{"sub"},
	}))(t)
	_, err := verifier.Verify(context.Background(), h.token(t))
	var claim *ClaimError
	if !errors.As(err, &claim) || !errors.Is(err, ErrAudience) || claim.Claim != "aud" || string(claim.Claims) != `{"sub":"ada"}` {
		t.Error(claim)
	}
}

// Messages are for logs, so they hold nothing of what they are about.
func TestNoErrorHoldsASecretATokenOrAValue(t *testing.T) {
	h := build(t)
	token := h.token(t)
	secret := "-----BEGIN PRIVATE KEY-----hunter2"
	_, ofKeys := NewKeys(secret, KeyOptions{})
	_, ofSecret := NewSecret(secret, KeyOptions{Algorithm: HS256})
	_, ofToken := h.verifier.Verify(context.Background(), forged(token))
	var misfit struct {
		Subject int `json:"sub"`
	}
	ofClaims := h.verifier.VerifyInto(context.Background(), token, &misfit)
	for _, err := range []error{ofKeys, ofSecret, ofToken, ofClaims} {
		if err == nil {
			t.Fatal("it was let through")
		}
		for _, kept := range []string{"hunter2", token, "ada"} {
			if strings.Contains(err.Error(), kept) {
				t.Error(err)
			}
		}
	}
}

func TestAnUnknownStatusHasAName(t *testing.T) {
	if name := Status(399).Name(); name != "unknown" {
		t.Error(name)
	}
}
