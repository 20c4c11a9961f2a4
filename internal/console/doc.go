// Package console is the job as pages in a browser, for people who use no terminal.
//
//	console.go   the server: what it is made with, how it is served and ended
//	guard.go     who may ask at all: host, origin, session, headers
//	routes.go    every address
//	render.go    templates, and the words of a language in them
//	runs.go      what is being done with batches in this process
//	access.go    who may ask for an address, in the one table of routes.go
//	office.go    a console for many people: sessions, proxy, TLS; login.go, oidc.go
//	             and peoplepage.go are its pages, masked.go hides phones in all of them
//	acts.go      the book of acts; observed.go, operations.go: log, health and figures
//	books.go     what journals tell, kept in memory while it is asked for
//	pages/       the templates; assets/ the stylesheet and the scripts
//
// A page computes nothing: each handler reads a form, calls package app, and shows
// what it returns. No request with GET changes anything. Everything works without
// script but the live view and passkeys.
//
// # What it promises
//
// Only who was shown the address that the program printed is let in; in an office, only
// who was invited, to what their roles allow. The API key is
// in no page, log or event. A phone is in no address. The name of a file that is
// given becomes no path. A batch that another process runs is shown, not touched.
//
// # What it does not promise
//
// It is no defence against another program of the same user, nor against an
// administrator of the machine. Without an Office it speaks no TLS and knows no
// logins: it is meant for loopback.
package console
