// Porter keeps the tokens of a platform's users, programs and single sign-on,
// and lets projects reject the first of these.
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

	"jeton.dev/jeton/examples/porter/store"
	"jeton.dev/jeton/examples/porter/tokens"
	"jeton.dev/jeton/examples/porter/web"
)

func main() {
	log := slog.New(slog.NewTextHandler(os.Stderr, nil))
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, log); err != nil {
		fmt.Fprintln(os.Stderr, "porter:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, log *slog.Logger) error {
	settings, err := fromEnvironment(os.Getenv)
	if err != nil {
		return err
	}
	database, err := store.Open(settings.database)
	if err != nil {
		return err
	}
	defer database.Close()
	kept, err := tokens.Open(settings.tokens)
	if err != nil {
		return err
	}
	defer kept.Close()
	service := web.Server{
		Store: database, Tokens: kept, Log: log,
		CookieName: settings.cookieName, CookieInsecure: settings.cookieInsecure,
	}
	go tidy(ctx, log, database, kept)
	return serve(ctx, settings.address, service.Handler())
}

// serve answers requests until ctx ends, and finishes those under way.
func serve(ctx context.Context, address string, handler http.Handler) error {
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return err
	}
	fmt.Printf("porter listens on http://%s\n", listener.Addr())
	server := http.Server{
		Handler: handler, ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 15 * time.Second,
		WriteTimeout: 30 * time.Second, IdleTimeout: 2 * time.Minute,
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

// tidy forgets what has ended, and writes down what has happened, now and then.
func tidy(ctx context.Context, log *slog.Logger, database *store.Store, kept *tokens.Tokens) {
	every := time.NewTicker(time.Minute)
	defer every.Stop()
	for {
		if err := database.Prune(time.Now()); err != nil {
			log.Error("prune", "error", err)
		}
		kept.Log(log)
		select {
		case <-ctx.Done():
			return
		case <-every.C:
		}
	}
}
