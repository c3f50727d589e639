// A gateway that asks Streamward: it sends a request, waits for its decision by id, and denies where none comes in time.
//
//	STREAMWARD_BROKERS=kafka-1:9092 go run . < requests.jsonl    # lines of `data`; prints verdicts, times on stderr
package main

import (
	"bufio"
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
)

// Decision is as much of a decision event as a gateway needs.
type Decision struct {
	Data struct {
		Verdict string `json:"verdict"`
		Outcome string `json:"outcome"`
		Reasons []struct {
			Message string `json:"message"`
		} `json:"reasons"`
	} `json:"data"`
}

// Answer is what the gateway has to do and why. Decision is nil where it had to decide by itself, which is to deny.
type Answer struct {
	Allowed  bool
	Why      string
	Decision *Decision
}

// Gateway asks over Kafka. Its source must differ between gateway processes that share topics.
type Gateway struct {
	source, requests string
	client           *kgo.Client
	lock             sync.Mutex
	waiting          map[string]chan Decision
}

// NewGateway reads the whole topic of decisions from now on, without a group: every gateway must see its own.
func NewGateway(ctx context.Context, brokers []string, source, requests, decisions string) (*Gateway, error) {
	client, err := kgo.NewClient(
		kgo.SeedBrokers(brokers...),
		kgo.ConsumeTopics(decisions),
		// A minute back, since where to start is only looked up with the first fetch, and clocks differ.
		kgo.ConsumeResetOffset(kgo.NewOffset().AfterMilli(time.Now().Add(-time.Minute).UnixMilli())),
		kgo.RequiredAcks(kgo.AllISRAcks()),
		kgo.ProducerLinger(0),
		kgo.FetchMaxWait(time.Second),
	)
	if err != nil {
		return nil, err
	}
	if err := client.Ping(ctx); err != nil {
		client.Close()
		return nil, err
	}
	g := &Gateway{source: source, requests: requests, client: client, waiting: map[string]chan Decision{}}
	go g.read()
	return g, nil
}

// Close ends reading; who still waits is denied.
func (g *Gateway) Close() { g.client.Close() }

// Ask has an answer within the time limit, whatever happens to Kafka.
func (g *Gateway) Ask(ctx context.Context, tenant string, data json.RawMessage, within time.Duration) Answer {
	ctx, cancel := context.WithTimeout(ctx, within)
	defer cancel()
	id := rand.Text()
	event, err := json.Marshal(map[string]any{
		"specversion": "1.0", "type": "moderation.request.v1", "source": g.source, "id": id,
		"time": time.Now().UTC().Format(time.RFC3339Nano), "data": data,
	})
	if err != nil {
		return Answer{Why: "the request is not JSON"}
	}
	decided := make(chan Decision, 1) // before it is sent: the decision may be faster than the acknowledgement
	g.lock.Lock()
	g.waiting[id] = decided
	g.lock.Unlock()
	defer func() {
		g.lock.Lock()
		delete(g.waiting, id)
		g.lock.Unlock()
	}()
	failed := make(chan error, 1)
	record := &kgo.Record{
		Topic: g.requests, Key: []byte(tenant), Value: event,
		Headers: []kgo.RecordHeader{{Key: "content-type", Value: []byte("application/cloudevents+json")}},
	}
	g.client.Produce(ctx, record, func(_ *kgo.Record, err error) {
		if err != nil {
			failed <- err
		}
	})
	select {
	case decision := <-decided:
		return answer(decision)
	case <-failed:
		return Answer{Why: "Kafka does not take the request"}
	case <-ctx.Done():
		return Answer{Why: fmt.Sprintf("no decision within %s", within)}
	}
}

// Only one word lets a request go on; whatever else may ever be written there does not.
func answer(decision Decision) Answer {
	why := "nothing stands against it"
	if len(decision.Data.Reasons) > 0 {
		why = decision.Data.Reasons[0].Message
	}
	return Answer{Allowed: decision.Data.Verdict == "allow", Why: why, Decision: &decision}
}

func (g *Gateway) read() {
	for {
		fetches := g.client.PollFetches(context.Background())
		if fetches.IsClientClosed() {
			return
		}
		fetches.EachRecord(g.take)
	}
}

// take hands a decision to who waits for it. Its headers name the request, so others' decisions are not even parsed.
func (g *Gateway) take(record *kgo.Record) {
	headers := map[string]string{}
	for _, header := range record.Headers {
		headers[header.Key] = string(header.Value)
	}
	if headers["request-source"] != g.source {
		return
	}
	g.lock.Lock()
	decided := g.waiting[headers["request-id"]]
	g.lock.Unlock()
	var decision Decision
	if decided == nil || json.Unmarshal(record.Value, &decision) != nil {
		return
	}
	select {
	case decided <- decision:
	default: // the same decision once more
	}
}

func setting(name, otherwise string) string {
	if value := os.Getenv("STREAMWARD_" + name); value != "" {
		return value
	}
	return otherwise
}

func run() error {
	brokers := strings.Split(setting("BROKERS", "127.0.0.1:9092"), ",")
	within, err := time.ParseDuration(setting("WITHIN", "2s"))
	if err != nil {
		return err
	}
	start, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	gateway, err := NewGateway(start, brokers, "/gateway/"+rand.Text(),
		setting("TOPIC_REQUESTS", "moderation.requests"), setting("TOPIC_DECISIONS", "moderation.decisions"))
	if err != nil {
		return err
	}
	defer gateway.Close()
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, 2<<20)
	for lines.Scan() {
		var data struct {
			Tenant string `json:"tenant"`
		}
		if err := json.Unmarshal(lines.Bytes(), &data); err != nil {
			return err
		}
		asked := time.Now()
		got := gateway.Ask(context.Background(), data.Tenant, lines.Bytes(), within)
		word := "deny"
		if got.Allowed {
			word = "allow"
		}
		fmt.Printf("%s\t%s\n", word, got.Why)
		fmt.Fprintf(os.Stderr, "%.1f ms\n", time.Since(asked).Seconds()*1000)
	}
	return lines.Err()
}

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "error:", err)
		os.Exit(1)
	}
}
