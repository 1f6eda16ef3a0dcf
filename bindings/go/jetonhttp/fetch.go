package jetonhttp

import (
	"cmp"
	"context"
	"errors"
	"io"
	"net/http"
	"strings"

	"jeton.dev/jeton"
)

// The headers of an answer that a source heeds.
var headers = []string{"Age", "Cache-Control", "ETag", "Retry-After"}

// Fetch makes a [jeton.Fetch] of a transport, such as one with a proxy, client
// certificates, tracing or a fake server in a test; nil is
// [http.DefaultTransport].
//
// Only https is asked, redirects are followed on the same origin alone, and a
// body is read no further than a source takes. Which addresses the transport may
// reach is its own matter: unlike jeton's client it may ask private ones. Where
// the URL, or what an issuer's metadata say, isn't the program's own choice, give
// the transport a dialer whose Control refuses them.
func Fetch(transport http.RoundTripper) jeton.Fetch {
	client := http.Client{Transport: transport, CheckRedirect: sameOrigin}
	return func(ctx context.Context, wanted jeton.Request) (jeton.Answer, error) {
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, wanted.URL, nil)
		if err != nil {
			return jeton.Answer{}, err
		}
		if request.URL.Scheme != "https" {
			return jeton.Answer{}, errors.New("not an https URL")
		}
		request.Header.Set("Accept", cmp.Or(wanted.Accept, "application/json, application/jwk-set+json"))
		if wanted.ETag != "" {
			request.Header.Set("If-None-Match", wanted.ETag)
		}
		response, err := client.Do(request)
		if err != nil {
			return jeton.Answer{}, err
		}
		defer response.Body.Close()
		body, err := io.ReadAll(io.LimitReader(response.Body, jeton.AnswerMost))
		if err != nil {
			return jeton.Answer{}, err
		}
		answer := jeton.Answer{Status: response.StatusCode, Headers: map[string]string{}, Body: body}
		for _, name := range headers {
			if values := response.Header.Values(name); len(values) > 0 {
				answer.Headers[strings.ToLower(name)] = strings.Join(values, ", ")
			}
		}
		return answer, nil
	}
}

// sameOrigin lets a few redirects pass that stay where they were.
func sameOrigin(request *http.Request, before []*http.Request) error {
	first := before[0].URL
	if request.URL.Scheme != first.Scheme || request.URL.Host != first.Host {
		return errors.New("a redirect to another origin")
	}
	if len(before) > 3 {
		return errors.New("too many redirects")
	}
	return nil
}
