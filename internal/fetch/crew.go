package fetch

import (
	"context"
	"errors"
	"sync"

	"golang.org/x/sync/errgroup"

	"reconcile/internal/ledger"
)

// crew walks windows with several workers. A worker takes the next page of the
// oldest window under way and opens a new window only when none of those has a
// page to ask for, so that few windows are half read at any moment: little is
// lost in a crash, and a backfill can pause soon.
type crew struct {
	*session
	pause func() bool // asked before a window is opened

	mu      sync.Mutex
	change  *sync.Cond
	waiting []ledger.Window
	splits  map[int64]int // by window, how often it was split off
	walking []*walk
	busy    int   // workers that hold a task
	stopped error // why no further page is asked for
	paused  bool
}

// walkAll walks windows until all are settled. It returns the error that ends
// the account's fetch, or whether it paused before all windows were opened.
func (s *session) walkAll(ctx context.Context, windows []ledger.Window, pause func() bool) (paused bool, err error) {
	c := &crew{session: s, pause: pause, waiting: windows, splits: map[int64]int{}}
	c.change = sync.NewCond(&c.mu)
	var workers errgroup.Group
	for range s.o.Workers {
		workers.Go(func() error { return c.work(ctx) })
	}
	if err := workers.Wait(); err != nil {
		return false, err
	}
	return c.paused, c.stopped
}

// work does one page after the other. It returns only errors of the ledger;
// those of Omise settle their window.
func (c *crew) work(ctx context.Context) error {
	for {
		k, offset, ok, err := c.next(ctx)
		if err != nil || !ok {
			return err
		}
		err = c.onePage(ctx, k, offset)
		c.free(err)
		if err != nil {
			return err
		}
	}
}

// free says that a worker holds no task any more; an error of the ledger stops
// the others.
func (c *crew) free(err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.busy--
	if c.stopped == nil {
		c.stopped = err
	}
	c.change.Broadcast()
}

// next waits for a page to ask for; ok is false when there is nothing left.
func (c *crew) next(ctx context.Context) (k *walk, offset int, ok bool, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for {
		if c.stopped == nil {
			for _, k := range c.walking {
				if offset, ok := k.take(); ok {
					c.busy++
					return k, offset, true, nil
				}
			}
			if k, err := c.openNext(ctx); k != nil || err != nil {
				if err != nil {
					c.stopped = err
					c.change.Broadcast()
					return nil, 0, false, err
				}
				c.walking = append(c.walking, k)
				continue
			}
		}
		if c.busy == 0 {
			c.change.Broadcast()
			return nil, 0, false, nil
		}
		c.change.Wait()
	}
}

func (c *crew) openNext(ctx context.Context) (*walk, error) {
	if len(c.waiting) == 0 {
		return nil, nil
	}
	if c.pause != nil && c.pause() {
		c.paused = true
		return nil, nil
	}
	w := c.waiting[0]
	c.waiting = c.waiting[1:]
	k := newWalk(w)
	k.splits = c.splits[w.ID]
	saved, err := c.sink.Pages(ctx, w)
	if err != nil || len(saved) == 0 {
		return k, err
	}
	if k.resume(saved) {
		if !c.expected[w.List] {
			c.progress.Expect(w.List, k.total)
		}
		c.progress.Read(w.List, savedRows(saved, k.tail))
		return k, nil
	}
	return k, c.sink.EmptyWindow(ctx, w)
}

// savedRows counts the rows of saved pages, but for the last page, which is
// read again.
func savedRows(pages []ledger.Page, tail int) int {
	n := 0
	for _, p := range pages {
		if p.Start != tail {
			n += p.Rows
		}
	}
	return n
}

// onePage reads a page, saves it, and settles its window if it was the last.
func (c *crew) onePage(ctx context.Context, k *walk, offset int) error {
	p, err := c.windowPage(ctx, k.window, offset)
	if err == nil {
		// A page that has arrived is saved even when a stop was asked for meanwhile.
		safe := context.WithoutCancel(ctx)
		saved := ledger.Page{Start: p.offset, Total: p.total, Rows: p.rows, First: p.first, Last: p.last}
		if len(p.unreadable) > 0 {
			saved.Last = "" // what could not be read is known in memory alone: a resumed walk begins again
		}
		if err := c.sink.SavePage(safe, k.window, saved, p.batch); err != nil {
			return err
		}
		c.progress.Read(k.window.List, k.fresh(p))
	} else if ends(err) {
		c.stop(err)
	}
	if c.give(k, p, err) {
		return c.settle(context.WithoutCancel(ctx), k)
	}
	return nil
}

func (c *crew) give(k *walk, p page, err error) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	defer c.change.Broadcast()
	if err == nil && k.total < 0 && !c.expected[k.window.List] {
		c.progress.Expect(k.window.List, p.total)
	}
	return k.give(p, err)
}

func (c *crew) stop(err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.stopped == nil {
		c.stopped = err
	}
	c.change.Broadcast()
}

// settle ends a walk: proven, walked again, split, or given up with a reason.
func (c *crew) settle(ctx context.Context, k *walk) error {
	switch {
	case k.err == nil:
	case ends(k.err):
		c.drop(k)
		return nil // it stays planned, with its pages; the session says what becomes of it
	case errors.Is(k.err, errMoved) && k.walks < maxWalks:
		return c.walkAgain(ctx, k, k.err.Error())
	default:
		return c.fail(ctx, k, k.err.Error())
	}
	rows, err := c.sink.Rows(ctx, k.window)
	if err != nil {
		return err
	}
	decision, reason := k.judge(rows)
	switch decision {
	case again:
		return c.walkAgain(ctx, k, reason)
	case split:
		return c.halve(ctx, k)
	}
	if decision == giveUp {
		return c.fail(ctx, k, reason)
	}
	c.drop(k)
	if err := c.sink.SaveUnreadable(ctx, c.o.Run, k.unreadable()); err != nil {
		return err
	}
	changes, err := c.sink.ProveWindow(ctx, k.window, k.total, ledger.InstantOf(c.o.Now()))
	c.noteChanges(changes)
	return err
}

// walkAgain starts a walk anew, its pages forgotten.
func (c *crew) walkAgain(ctx context.Context, k *walk, reason string) error {
	if err := c.sink.EmptyWindow(ctx, k.window); err != nil {
		return err
	}
	c.o.Log.Debug("walking a window again", "list", k.window.List, "from", k.window.Span.From.Time(), "because", reason)
	c.mu.Lock()
	defer c.mu.Unlock()
	k.restart()
	return nil
}

// halve has two windows walked in the place of one that keeps moving.
func (c *crew) halve(ctx context.Context, k *walk) error {
	span := k.window.Span
	middle := span.From + (span.To-span.From)/2
	pieces, err := c.sink.SplitWindow(ctx, k.window, []ledger.Span{{From: span.From, To: middle}, {From: middle - overlap, To: span.To}})
	if err != nil {
		return err
	}
	c.drop(k)
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, piece := range pieces {
		c.splits[piece.ID] = k.splits + 1
	}
	c.waiting = append(pieces, c.waiting...)
	return nil
}

// fail ends a walk without a proof. Its rows are kept: they are true.
func (c *crew) fail(ctx context.Context, k *walk, reason string) error {
	c.drop(k)
	w := k.window
	if err := c.sink.SaveUnreadable(ctx, c.o.Run, k.unreadable()); err != nil {
		return err
	}
	c.o.Log.Debug("window not proven", "account", c.account.Name, "list", w.List, "from", w.Span.From.Time(), "to", w.Span.To.Time(), "because", reason)
	if k.err == nil {
		walked := ledger.InstantOf(c.o.Now())
		w.WalkedAt = &walked
	}
	changes, err := c.sink.FailWindow(ctx, w, reason, true)
	c.noteChanges(changes)
	return err
}

func (c *crew) drop(k *walk) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for i, other := range c.walking {
		if other == k {
			c.walking = append(c.walking[:i], c.walking[i+1:]...)
			return
		}
	}
}
