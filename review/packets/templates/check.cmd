@echo off
setlocal
set "ZS_FILE=%~f0"
set "ZS_DIR=%~dp0"
powershell.exe -NoProfile -ExecutionPolicy Bypass -Command "$t=[IO.File]::ReadAllText($env:ZS_FILE,[Text.Encoding]::UTF8); Invoke-Expression $t.Substring($t.IndexOf('#'+'PS1'))"
set "ZS_EXIT=%errorlevel%"
pause
exit /b %ZS_EXIT%
#PS1
# 以下由 Windows 自带的 PowerShell 5.1 执行：只读，不联网，逐个计算 SHA-256 并与 SHA256SUMS 比对。
$ErrorActionPreference = 'Stop'
$root = $env:ZS_DIR.TrimEnd('\')
function Get-Sum([string]$path) {
    $sha = [Security.Cryptography.SHA256]::Create()
    $file = [IO.File]::OpenRead($path)
    try { return ([BitConverter]::ToString($sha.ComputeHash($file)) -replace '-', '').ToLower() } finally { $file.Close() }
}
$sums = Join-Path $root 'SHA256SUMS'
if (-not [IO.File]::Exists($sums)) { Write-Host '没有找到 SHA256SUMS：请先把证据包全部解压到一个文件夹，再运行本文件。'; exit 2 }
$listed = @{}
$bad = 0
foreach ($line in [IO.File]::ReadAllLines($sums, [Text.Encoding]::UTF8)) {
    if ($line.Length -lt 67) { Write-Host "[不符] SHA256SUMS 中有不认识的一行：$line"; $bad++; continue }
    $name = $line.Substring(66)
    $listed[$name] = $true
    $path = Join-Path $root ($name -replace '/', '\')
    if (-not [IO.File]::Exists($path)) { Write-Host "[缺少] $name"; $bad++; continue }
    if ((Get-Sum $path) -ne $line.Substring(0, 64).ToLower()) { Write-Host "[不符] $name"; $bad++ } else { Write-Host "[相符] $name" }
}
foreach ($file in [IO.Directory]::GetFiles($root + '\', '*', 'AllDirectories')) {
    $name = $file.Substring($root.Length + 1) -replace '\\', '/'
    if ($name -ne 'SHA256SUMS' -and -not $listed.ContainsKey($name)) { Write-Host "[多出] $name"; $bad++ }
}
Write-Host ''
$manifest = Join-Path $root 'manifest.json'
if ([IO.File]::Exists($manifest)) { Write-Host ('manifest.json 的 SHA-256：' + (Get-Sum $manifest)) }
if ($bad) { Write-Host "结论：有 $bad 处不符，本包内容与 SHA256SUMS 不一致。"; exit 1 }
Write-Host '结论：文件与 SHA256SUMS 一致。这一步不能判断签名和时间戳：请把上面的值与纸质函件、发件单位电话告知的值核对，'
Write-Host '或者按“03_如何核验”用核验程序判断。'
exit 0
