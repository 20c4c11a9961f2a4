# Makes Windows settle a batch once a day, also while nobody is logged on.
# Run it as the person who runs the payroll, who is asked for the API key and for
# the Windows password.
#
#   .\settle.ps1 C:\Payroll\payroll-2026-11.journal
#
# flexybatch.exe stands in the batch's folder. What the task did is in settle.log
# beside it; the result it shows is flexybatch's exit code: 0 done, 3 done and the
# report wants to be read, 4 rows are open still; else read the log.
# Unregister-ScheduledTask "flexybatch settle payroll-2026-11" ends it.
param([Parameter(Mandatory)][string]$Journal)
$ErrorActionPreference = 'Stop'

$batch = [IO.Path]::GetFileNameWithoutExtension($Journal)
$folder = Split-Path -Parent (Resolve-Path $Journal)

& "$folder\flexybatch.exe" login
if ($LASTEXITCODE -ne 0) { exit $LASTEXITCODE }

[xml]$task = Get-Content -Raw -Encoding UTF8 "$PSScriptRoot\settle.xml"
$exec = $task.Task.Actions.Exec
$exec.Command = "$folder\flexybatch.exe"
$exec.Arguments = "settle --wait 0 --quiet --log-file `"$folder\settle.log`" `"$folder\$batch.journal`""
$exec.WorkingDirectory = $folder

$me = Get-Credential -UserName "$env:USERDOMAIN\$env:USERNAME" -Message 'The task runs as'
Register-ScheduledTask -TaskName "flexybatch settle $batch" -Xml $task.OuterXml `
  -User $me.UserName -Password $me.GetNetworkCredential().Password
