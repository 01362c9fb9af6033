# Run once in a PowerShell of an administrator: Maeniwa begins with Windows, without anybody signing in.
# (In English, because Windows PowerShell reads Japanese comments of such a file wrongly. See docs/ja/install.md.)
$folder = "C:\maeniwa"
$instance = "C:\maeniwa-data"
# What it says goes into a file; cmd.exe is there for that only.
$serve = "`"$folder\.venv\Scripts\maeniwa.exe`" serve --port 8000 --instance $instance"
$action = New-ScheduledTaskAction -Execute "$env:SystemRoot\System32\cmd.exe" `
  -Argument "/d /c `"set PYTHONUTF8=1&& $serve >> `"$instance\maeniwa.log`" 2>&1`"" -WorkingDirectory $folder
$trigger = New-ScheduledTaskTrigger -AtStartup
$settings = New-ScheduledTaskSettingsSet -ExecutionTimeLimit ([TimeSpan]::Zero) -RestartCount 999 `
  -RestartInterval (New-TimeSpan -Minutes 1) -AllowStartIfOnBatteries -DontStopIfGoingOnBatteries
$principal = New-ScheduledTaskPrincipal -UserId "LOCALSERVICE" -LogonType ServiceAccount
Register-ScheduledTask -TaskName "Maeniwa" -Action $action -Trigger $trigger -Settings $settings -Principal $principal
# Only administrators, the system and who runs it (LOCAL SERVICE) may read and write the data.
icacls $instance /inheritance:r /grant "*S-1-5-32-544:(OI)(CI)F" "*S-1-5-18:(OI)(CI)F" "*S-1-5-19:(OI)(CI)M"
Start-ScheduledTask -TaskName "Maeniwa"
