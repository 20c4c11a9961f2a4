// Package simulator is a local server that behaves as the OneClickDz API v3
// does. It serves the tests and a newcomer's first minute: the same code.
//
//	sim, err := simulator.New(simulator.Config{Speed: 10})
//	…
//	err = sim.Serve(ctx, listener) // or use sim as an http.Handler
//
// # What it promises
//
// Every body, status, header and error that the vendor documents, or that
// public clients report of the live service, in the form they give it; where
// they disagree, Config chooses. Its wire structs are its own: it shares none
// with the client it tests, so that a misspelt field cannot hide.
//
// Its money is exact. Amounts are whole dinars; costs, balances and
// transactions are integers of centimes; a cost is rounded half up once. The
// balance now is what was deposited, less what was charged, plus what was
// refunded, at any instant. A ref is taken once, however many ask for it at
// once.
//
// What becomes of an order follows from its age and from the course that was
// drawn for it when it was accepted; nothing runs in the background. Time is
// time.Now, so that testing/synctest can make a day pass in no time. The books'
// clock never goes back, though the machine's may.
//
// With Config.Store it survives the kill of its process: every order is in that
// file before its answer leaves.
//
// It fails on demand, see Faults. Whether a call fails depends on Config.Seed,
// on what is asked for and on how often this process was asked that before,
// never on the order in which calls arrive: a run with the same seed meets the
// same faults.
//
// # What it does not promise
//
// The store is not fsynced: it survives kill -9, not a power loss. It has one
// account, which all keys share, and knows of no address list, so that it never
// answers IP_NOT_ALLOWED; of two documented codes for one thing it uses
// INVALID_ACCESS_TOKEN and NO_BALANCE, not ERR_AUTH and INSUFFICIENT_BALANCE.
// The sandbox phones of the vendor's documentation keep their meaning whatever
// the type of the key.
package simulator
