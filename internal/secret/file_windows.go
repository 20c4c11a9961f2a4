package secret

import (
	"fmt"
	"os"
	"unsafe"

	"golang.org/x/sys/windows"

	"flexybatch/internal/lang"
)

// strangers are the groups of Windows that hold people whom nobody chose.
var strangers = []windows.WELL_KNOWN_SID_TYPE{
	windows.WinWorldSid, windows.WinAuthenticatedUserSid, windows.WinBuiltinUsersSid, windows.WinBuiltinGuestsSid,
	windows.WinAnonymousSid, windows.WinInteractiveSid, windows.WinNetworkSid, windows.WinAccountDomainUsersSid,
}

// othersMay tells whether the file's access list lets everybody in, all users, or
// other groups of people whom nobody chose. Access that was given to a single
// person or a group by its name is taken to be meant. A file without a list is open
// to all.
func othersMay(f *os.File, what access) (bool, error) {
	sd, err := windows.GetSecurityInfo(windows.Handle(f.Fd()), windows.SE_FILE_OBJECT, windows.DACL_SECURITY_INFORMATION)
	if err != nil {
		return false, lang.Errorf("asking who may use %s: %w", f.Name(), err)
	}
	list, _, err := sd.DACL()
	if err != nil || list == nil {
		return true, nil //nolint:nilerr // without a list everybody may do everything
	}
	rights := windows.ACCESS_MASK(windows.FILE_READ_DATA | windows.GENERIC_READ | windows.GENERIC_ALL)
	if what == toWrite {
		rights = windows.FILE_WRITE_DATA | windows.FILE_APPEND_DATA | windows.WRITE_DAC | windows.WRITE_OWNER | windows.GENERIC_WRITE | windows.GENERIC_ALL
	}
	for i := range list.AceCount {
		var ace *windows.ACCESS_ALLOWED_ACE
		if err := windows.GetAce(list, uint32(i), &ace); err != nil {
			return false, lang.Errorf("asking who may use %s: %w", f.Name(), err)
		}
		if ace.Header.AceType != windows.ACCESS_ALLOWED_ACE_TYPE || ace.Header.AceFlags&windows.INHERIT_ONLY_ACE != 0 || ace.Mask&rights == 0 {
			continue
		}
		sid := (*windows.SID)(unsafe.Pointer(&ace.SidStart)) // where the list has it
		for _, group := range strangers {
			if sid.IsWellKnown(group) {
				return true, nil
			}
		}
	}
	return false, nil
}

// closeToOthers leaves a file to its owner and the system. What was made here has the
// access list of its folder.
func closeToOthers(f *os.File) error {
	user, err := windows.GetCurrentProcessToken().GetTokenUser()
	if err != nil {
		return lang.Errorf("closing %s to others: %w", f.Name(), err)
	}
	sd, err := windows.SecurityDescriptorFromString(fmt.Sprintf("D:P(A;;FA;;;%s)(A;;FA;;;SY)", user.User.Sid))
	if err != nil {
		return lang.Errorf("closing %s to others: %w", f.Name(), err)
	}
	list, _, err := sd.DACL()
	if err != nil {
		return lang.Errorf("closing %s to others: %w", f.Name(), err)
	}
	err = windows.SetNamedSecurityInfo(f.Name(), windows.SE_FILE_OBJECT, windows.DACL_SECURITY_INFORMATION|windows.PROTECTED_DACL_SECURITY_INFORMATION, nil, nil, list, nil)
	if err != nil {
		return lang.Errorf("closing %s to others: %w", f.Name(), err)
	}
	return nil
}

// closing is the command that takes the access away.
func closing(path string, what access) string {
	if what == toWrite {
		return fmt.Sprintf(`icacls %s /inheritance:r /grant:r "%%USERNAME%%:F"`, lang.Quote(path))
	}
	return fmt.Sprintf(`icacls %s /inheritance:r /grant:r "%%USERNAME%%:R"`, lang.Quote(path))
}
