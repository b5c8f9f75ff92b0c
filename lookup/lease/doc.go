// Package lease says who held an address, and a port of it, at a time.
//
// It reads what a provider has: its customers, and the logs of whatever hands
// addresses out (DHCP, RADIUS, translators). It asks nobody, writes to nobody,
// and guesses nothing: a holder that is not certain is no customer, but a
// reason.
//
// # What rows say
//
// Each line of a log is a [Row] of its own, of one of four kinds: held from
// then to then, since then, until then, promised until then. Nothing is paired
// while it is read, so files may come in any order, twice, or in parts. A
// question lays the rows of an address on a line, and decides there.
//
// Times are as exact as the clocks behind them: that of the log (two seconds,
// or what its source says) and that of whoever asks (a minute). Nobody else may
// have held the address for as long before and after as both may be off.
// Silence proves something only where the log was read: a holder of whom no end
// is known counts until the log's last line, and not across a hole in it; one
// who was told of while it lasted (RADIUS), for six hours after the last word.
//
// # The index
//
// Hundreds of millions of rows stand on disk, in 28 bytes each (IPv4) or 37
// (IPv6), sorted by what was held and when it began; the names of holders stand
// beside them, each once, and a row has a number. A question costs four reads
// of 4 KiB at most, which three decisions see to:
//
//   - There are two segments at most, each sorted through. An import joins its
//     rows with the smaller, and both once that is a thirty-second of the larger:
//     of levels there are two, as in a merge tree, so that a row is written some
//     sixty times in a week of imports every ten minutes, 300 kB/s for a hundred
//     million rows, half of it to let go of what is old. Segments by day would be cheaper to write, and a lease of a
//     week would be in each of them, or be looked for in all.
//   - The first key of every page, and the second of what begins in it, is in
//     memory, 40 bytes for 145 rows. So it is known without reading which one page
//     holds the rows of an address around a time; that a block of ports is where
//     its first port says; and whether an address has blocks at all.
//   - A page that begins within the history of an address repeats what of it is
//     not over, and the row before; its end has the row after. So no answer needs
//     the page beside it. Blocks within blocks, of which a segment keeps a list,
//     cost a page each.
//
// That is a page of rows for each segment and one for each name, two where
// segments disagree. An answer that would need more (many lie over one another)
// is unclear. Behind a translator, the inside address is a question of its own.
//
// Segments never change. An import writes new ones, makes them durable, and
// puts a new list of them in the place of the old: whoever reads keeps what was
// there, and a crash leaves files that nobody knows, which the next import takes
// away. Every page has a sum. What was cut or changed is noticed, said, and put
// right from what can be read; what was lost is unclear for as long as it would
// have been kept. What is older than kept is gone from answers at once, and
// from disk with an import within six hours, names too (where a week is kept).
package lease
