// Introspection tells resource servers that ask whether a token is good (RFC
// 7662): for those that can't verify one, or want to know of a revocation with
// the very next request.
package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"

	"jeton.dev/jeton"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "introspection:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context) error {
	document, err := os.ReadFile(setting("KEYS", "keys.json"))
	if err != nil {
		return err
	}
	keys, err := jeton.NewKeys(string(document), jeton.KeyOptions{})
	if err != nil {
		return err
	}
	revocations, err := jeton.OpenRevocations(setting("REVOCATIONS", "memory:"),
		jeton.RevocationsOptions{Stale: jeton.Value(time.Minute)})
	if err != nil {
		return err
	}
	defer revocations.Close()
	listed, err := os.ReadFile(setting("CLIENTS", "clients.json"))
	if err != nil {
		return err
	}
	clients, err := readClients(listed, jeton.VerifierOptions{
		Keys: []*jeton.Keys{keys}, Revocations: revocations,
		Issuer: jeton.Only(setting("ISSUER", "https://issuer.example")),
	})
	if err != nil {
		return err
	}
	log := slog.New(slog.NewTextHandler(os.Stderr, nil))
	return serve(ctx, "127.0.0.1:"+setting("PORT", "8074"), endpoint{clients, log}.handler())
}

func setting(name, otherwise string) string {
	if value := os.Getenv(name); value != "" {
		return value
	}
	return otherwise
}

// serve answers requests until ctx ends, and finishes those under way.
func serve(ctx context.Context, address string, handler http.Handler) error {
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return err
	}
	fmt.Printf("introspection listens on http://%s\n", listener.Addr())
	server := http.Server{
		Handler: handler, ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 15 * time.Second,
		WriteTimeout: 15 * time.Second, IdleTimeout: 2 * time.Minute,
	}
	done := make(chan error, 1)
	go func() {
		<-ctx.Done()
		late, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		done <- server.Shutdown(late)
	}()
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return <-done
}
