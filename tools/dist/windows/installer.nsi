; The installer for Windows: for one person, without an administrator, in English, French
; and Arabic. It is made by tools/dist, which gives PROGRAM, ICON, OUT, VERSION, NUMBER,
; SITE, LICENSE and LICENCES.
;
; flexybatch-...-installer.exe /S installs without a question, uninstall.exe /S removes.
; /D=FOLDER, as the last word and without quotes, installs elsewhere. Exit codes: 0 done,
; 1 stopped by the person, 2 failed, 10 refused because flexybatch is running.
;
; PATH is left alone: strings of NSIS end at 1,024 characters, and would cut a longer one.

Target amd64-unicode
SetCompressor /SOLID lzma
SetCompressorDictSize 32
SetDateSave off
RequestExecutionLevel user
ManifestDPIAware true
ManifestLongPathAware true

!define RUNNING 10 ; the exit code
!define UNINSTALL "Software\Microsoft\Windows\CurrentVersion\Uninstall\flexybatch"
!define APP_PATH "Software\Microsoft\Windows\CurrentVersion\App Paths\flexybatch.exe"
!define CLASSES "Software\Classes\SystemFileAssociations"

Name "flexybatch"
OutFile "${OUT}"
InstallDir "$LOCALAPPDATA\Programs\flexybatch"
BrandingText "flexybatch ${VERSION}"

!include MUI2.nsh
!include LogicLib.nsh

!define MUI_ICON "${ICON}"
!define MUI_UNICON "${ICON}"
!define MUI_WELCOMEPAGE_TEXT "$(WELCOME)"
!define MUI_FINISHPAGE_RUN "$INSTDIR\flexybatch.exe"
!define MUI_FINISHPAGE_RUN_PARAMETERS "console"
!define MUI_FINISHPAGE_RUN_TEXT "$(OPEN)"
!insertmacro MUI_PAGE_WELCOME
!insertmacro MUI_PAGE_INSTFILES
!insertmacro MUI_PAGE_FINISH
!insertmacro MUI_UNPAGE_CONFIRM
!insertmacro MUI_UNPAGE_INSTFILES
!insertmacro MUI_LANGUAGE "English" ; the first is for all whose language is another
!insertmacro MUI_LANGUAGE "French"
!insertmacro MUI_LANGUAGE "Arabic" ; from right to left, as its file says

LangString ABOUT ${LANG_ENGLISH} "Top up the phones of a spreadsheet, once and only once"
LangString ABOUT ${LANG_FRENCH} "Recharger les téléphones d'un tableau, une fois et une seule"
LangString ABOUT ${LANG_ARABIC} "شحن هواتف جدول مرة واحدة لا غير"
LangString CHECK ${LANG_ENGLISH} "Check with flexybatch"
LangString CHECK ${LANG_FRENCH} "Vérifier avec flexybatch"
LangString CHECK ${LANG_ARABIC} "الفحص بـ flexybatch"
LangString OPEN ${LANG_ENGLISH} "Open the console"
LangString OPEN ${LANG_FRENCH} "Ouvrir la console"
LangString OPEN ${LANG_ARABIC} "فتح الواجهة"
LangString WELCOME ${LANG_ENGLISH} "flexybatch takes a spreadsheet of phones and amounts and tops every phone up, once and only once.$\r$\n$\r$\nIt is installed for you alone, and no administrator is needed. Nothing is sent before you start it yourself."
LangString WELCOME ${LANG_FRENCH} "flexybatch prend un tableau de téléphones et de montants et recharge chaque téléphone, une fois et une seule.$\r$\n$\r$\nIl est installé pour vous seul, sans administrateur. Rien n'est envoyé avant que vous le lanciez vous-même."
LangString WELCOME ${LANG_ARABIC} "يأخذ flexybatch جدولًا من الهواتف والمبالغ، ويشحن كل هاتف مرة واحدة لا غير.$\r$\n$\r$\nيُثبَّت لك وحدك دون صلاحيات مدير. ولا يُرسل شيء قبل أن تشغّله بنفسك."
LangString IS_RUNNING ${LANG_ENGLISH} "flexybatch is running. Close its console, or let its batch finish, and start this again. Nothing was changed."
LangString IS_RUNNING ${LANG_FRENCH} "flexybatch est en cours d'exécution. Fermez sa console, ou laissez son lot se terminer, et recommencez. Rien n'a été changé."
LangString IS_RUNNING ${LANG_ARABIC} "برنامج flexybatch يعمل الآن. أغلق واجهته، أو دع الدفعة تنته، ثم أعد المحاولة. لم يتغير شيء."

VIProductVersion "${NUMBER}"
!macro VersionKeys LANGUAGE
  VIAddVersionKey /LANG=${LANGUAGE} "ProductName" "flexybatch"
  VIAddVersionKey /LANG=${LANGUAGE} "FileDescription" "flexybatch"
  VIAddVersionKey /LANG=${LANGUAGE} "FileVersion" "${VERSION}"
  VIAddVersionKey /LANG=${LANGUAGE} "ProductVersion" "${VERSION}"
  VIAddVersionKey /LANG=${LANGUAGE} "CompanyName" "The flexybatch authors"
  VIAddVersionKey /LANG=${LANGUAGE} "LegalCopyright" "© 2026 The flexybatch authors"
!macroend
!insertmacro VersionKeys ${LANG_ENGLISH}
!insertmacro VersionKeys ${LANG_FRENCH}
!insertmacro VersionKeys ${LANG_ARABIC}

; Windows lets nobody write to a program that runs.
!macro RefuseWhileRunning
  ${If} ${FileExists} "$INSTDIR\flexybatch.exe"
    ClearErrors
    FileOpen $0 "$INSTDIR\flexybatch.exe" a
    ${If} ${Errors}
      MessageBox MB_OK|MB_ICONEXCLAMATION "$(IS_RUNNING)" /SD IDOK
      SetErrorLevel ${RUNNING}
      Quit
    ${EndIf}
    FileClose $0
  ${EndIf}
!macroend

!macro CheckVerb ENDING
  WriteRegStr HKCU "${CLASSES}\${ENDING}\shell\flexybatch" "" "$(CHECK)"
  WriteRegStr HKCU "${CLASSES}\${ENDING}\shell\flexybatch" "Icon" '"$INSTDIR\flexybatch.exe"'
  WriteRegStr HKCU "${CLASSES}\${ENDING}\shell\flexybatch\command" "" '"$INSTDIR\flexybatch.exe" console "%1"'
!macroend

!macro NoCheckVerb ENDING
  DeleteRegKey HKCU "${CLASSES}\${ENDING}\shell\flexybatch"
  DeleteRegKey /ifempty HKCU "${CLASSES}\${ENDING}\shell"
  DeleteRegKey /ifempty HKCU "${CLASSES}\${ENDING}"
!macroend

!ifdef SIGN
  !uninstfinalize '"${SIGN}" "%1"' = 0
!endif

Function .onInit
  SetShellVarContext current
  !insertmacro RefuseWhileRunning
FunctionEnd

Section
  SetOutPath "$INSTDIR"
  File "/oname=flexybatch.exe" "${PROGRAM}"
  File "/oname=LICENSE.txt" "${LICENSE}"
  File "/oname=LICENCES.txt" "${LICENCES}"
  WriteUninstaller "$INSTDIR\uninstall.exe"

  SetOutPath "$PROFILE" ; where a shortcut's program begins
  CreateShortcut "$SMPROGRAMS\flexybatch.lnk" "$INSTDIR\flexybatch.exe" "console" "$INSTDIR\flexybatch.exe" 0 SW_SHOWNORMAL "" "$(ABOUT)"
  CreateShortcut "$SENDTO\flexybatch.lnk" "$INSTDIR\flexybatch.exe" "console" "$INSTDIR\flexybatch.exe" 0 SW_SHOWNORMAL "" "$(CHECK)"
  !insertmacro CheckVerb ".xlsx"
  !insertmacro CheckVerb ".xlsm"
  !insertmacro CheckVerb ".csv"
  WriteRegStr HKCU "${APP_PATH}" "" "$INSTDIR\flexybatch.exe"

  WriteRegStr HKCU "${UNINSTALL}" "DisplayName" "flexybatch"
  WriteRegStr HKCU "${UNINSTALL}" "DisplayVersion" "${VERSION}"
  WriteRegStr HKCU "${UNINSTALL}" "DisplayIcon" '"$INSTDIR\flexybatch.exe"'
  WriteRegStr HKCU "${UNINSTALL}" "Publisher" "The flexybatch authors"
  WriteRegStr HKCU "${UNINSTALL}" "URLInfoAbout" "${SITE}"
  WriteRegStr HKCU "${UNINSTALL}" "InstallLocation" "$INSTDIR"
  WriteRegStr HKCU "${UNINSTALL}" "UninstallString" '"$INSTDIR\uninstall.exe"'
  WriteRegStr HKCU "${UNINSTALL}" "QuietUninstallString" '"$INSTDIR\uninstall.exe" /S'
  WriteRegDWORD HKCU "${UNINSTALL}" "NoModify" 1
  WriteRegDWORD HKCU "${UNINSTALL}" "NoRepair" 1
  SectionGetSize 0 $0
  WriteRegDWORD HKCU "${UNINSTALL}" "EstimatedSize" $0
SectionEnd

Function un.onInit
  SetShellVarContext current
  !insertmacro RefuseWhileRunning
FunctionEnd

; Only what was installed is removed: batches, settings and the key stay.
Section Uninstall
  Delete "$INSTDIR\flexybatch.exe"
  Delete "$INSTDIR\LICENSE.txt"
  Delete "$INSTDIR\LICENCES.txt"
  Delete "$INSTDIR\uninstall.exe"
  RMDir "$INSTDIR"
  Delete "$SMPROGRAMS\flexybatch.lnk"
  Delete "$SENDTO\flexybatch.lnk"
  !insertmacro NoCheckVerb ".xlsx"
  !insertmacro NoCheckVerb ".xlsm"
  !insertmacro NoCheckVerb ".csv"
  DeleteRegKey HKCU "${APP_PATH}"
  DeleteRegKey HKCU "${UNINSTALL}"
SectionEnd
