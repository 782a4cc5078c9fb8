package match

import "hash/maphash"

// symbol stands for a text that texts keeps; equal texts have equal symbols.
type symbol uint32

// none is the symbol of the empty text.
const none symbol = 0

// texts keeps every distinct id and reference once. A map of strings would
// take several times the memory, and a night may hold millions of them.
type texts struct {
	seed   maphash.Seed
	blocks []textBlock
	count  int
	table  []uint32 // open addressing; symbol + 1, 0 is free
}

// A block holds the texts of a fixed number of symbols, so that a symbol tells
// its block and a place in it needs four bytes only.
const (
	blockBits = 16
	blockSize = 1 << blockBits
)

type textBlock struct {
	bytes []byte
	ends  []uint32
}

func newTexts(expected int) *texts {
	size := 1 << 10
	for size*3/4 < expected {
		size *= 2
	}
	t := &texts{seed: maphash.MakeSeed(), table: make([]uint32, size)}
	t.add("")
	return t
}

// add gives the symbol of s, a new one where s is new.
func (t *texts) add(s string) symbol {
	slot := t.slot(s)
	if at := t.table[slot]; at != 0 {
		return symbol(at - 1)
	}
	if (t.count+1)*4 > len(t.table)*3 {
		t.grow()
		slot = t.slot(s)
	}
	t.table[slot] = uint32(t.count) + 1
	return t.store(s)
}

// find gives the symbol of s, or none where s was never added.
func (t *texts) find(s string) symbol {
	if at := t.table[t.slot(s)]; at != 0 {
		return symbol(at - 1)
	}
	return none
}

func (t *texts) text(s symbol) string { return string(t.bytes(s)) }

func (t *texts) bytes(s symbol) []byte {
	block, i := &t.blocks[s>>blockBits], s&(blockSize-1)
	var from uint32
	if i > 0 {
		from = block.ends[i-1]
	}
	return block.bytes[from:block.ends[i]]
}

// slot is where s stands in the table, or the free place for it.
func (t *texts) slot(s string) int {
	mask := uint64(len(t.table) - 1)
	for i := maphash.String(t.seed, s) & mask; ; i = (i + 1) & mask {
		if at := t.table[i]; at == 0 || string(t.bytes(symbol(at-1))) == s {
			return int(i)
		}
	}
}

func (t *texts) store(s string) symbol {
	if t.count%blockSize == 0 {
		t.trimLast()
		t.blocks = append(t.blocks, textBlock{ends: make([]uint32, 0, min(blockSize, len(t.table)))})
	}
	last := &t.blocks[len(t.blocks)-1]
	last.bytes = append(last.bytes, s...)
	last.ends = append(last.ends, uint32(len(last.bytes)))
	t.count++
	return symbol(t.count - 1)
}

// trimLast gives back the room that the last block has grown ahead of its need.
func (t *texts) trimLast() {
	if len(t.blocks) > 0 {
		last := &t.blocks[len(t.blocks)-1]
		last.bytes = append(make([]byte, 0, len(last.bytes)), last.bytes...)
	}
}

func (t *texts) grow() {
	t.table = make([]uint32, 2*len(t.table))
	mask := uint64(len(t.table) - 1)
	for n := range t.count {
		i := maphash.Bytes(t.seed, t.bytes(symbol(n))) & mask
		for t.table[i] != 0 {
			i = (i + 1) & mask
		}
		t.table[i] = uint32(n) + 1
	}
}
