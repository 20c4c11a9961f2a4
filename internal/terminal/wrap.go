package terminal

import "strings"

// Wrap breaks the lines of a text between words, so that each takes at most so many
// columns; what goes on is indented by two more than the line it belongs to. A command
// to type stays in one piece, and a word that is wider than the screen is left to it.
func Wrap(text string, width int) string {
	var out strings.Builder
	for line := range strings.Lines(text) {
		body, ended := strings.CutSuffix(line, "\n")
		if Columns(body) <= width {
			out.WriteString(line)
			continue
		}
		wrapLine(&out, body, width)
		if ended {
			out.WriteByte('\n')
		}
	}
	return out.String()
}

// wrapLine writes a line that is too long.
func wrapLine(out *strings.Builder, line string, width int) {
	indent := line[:len(line)-len(strings.TrimLeft(line, " "))]
	out.WriteString(indent)
	room, space := width-len(indent), ""
	for i, piece := range pieces(line[len(indent):]) {
		word := strings.TrimRight(piece, " ")
		if wide := Columns(word); i > 0 && wide > 0 && len(space)+wide > room {
			out.WriteString("\n" + indent + "  ")
			room, space = width-len(indent)-2, ""
		}
		out.WriteString(space + word)
		room -= len(space) + Columns(word)
		space = piece[len(word):]
	}
	out.WriteString(space) // that of a question
}

// program is what a command to type begins with.
const program = "flexybatch "

// pieces are the parts of a line that are not broken, each with the space behind it: its
// words, and a command to type, which is the rest of the line.
func pieces(line string) (list []string) {
	line, command := line, ""
	if at := strings.Index(line, program); at > 0 {
		at = strings.LastIndexByte(line[:at], ' ') + 1 // with the mark of its direction
		line, command = line[:at], line[at:]
	}
	for len(line) > 0 {
		end := strings.IndexByte(line, ' ') + 1
		if end == 0 {
			end = len(line)
		}
		for end < len(line) && line[end] == ' ' {
			end++
		}
		list, line = append(list, line[:end]), line[end:]
	}
	if command != "" {
		list = append(list, command)
	}
	return list
}
