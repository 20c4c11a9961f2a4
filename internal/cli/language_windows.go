package cli

import "golang.org/x/sys/windows"

// systemLanguages are the languages of the user's windows, the preferred one first.
func systemLanguages() []string {
	list, err := windows.GetUserPreferredUILanguages(windows.MUI_LANGUAGE_NAME)
	if err != nil {
		return nil
	}
	return list
}
