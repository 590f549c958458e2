@echo off
setlocal
set "ZS_FILE=%~f0"
set "ZS_DIR=%~dp0"
powershell.exe -NoProfile -ExecutionPolicy Bypass -Command "$t=[IO.File]::ReadAllText($env:ZS_FILE,[Text.Encoding]::UTF8); Invoke-Expression $t.Substring($t.IndexOf('#'+'PS1'))"
set "ZS_EXIT=%errorlevel%"
pause
exit /b %ZS_EXIT%
#PS1
# 以下由 Windows 自带的 PowerShell 5.1（.NET Framework 4.7.2 及以上）执行：不联网，把加密的原件解开，放在同一文件夹。
$ErrorActionPreference = 'Stop'
$root = $env:ZS_DIR.TrimEnd('\')
function Get-Sum([string]$path) {
    $sha = [Security.Cryptography.SHA256]::Create()
    $file = [IO.File]::OpenRead($path)
    try { return ([BitConverter]::ToString($sha.ComputeHash($file)) -replace '-', '').ToLower() } finally { $file.Close() }
}
function Open-ByPassphrase([string]$from, [string]$to, [string]$word) {
    $in = [IO.File]::OpenRead($from)
    $salt = New-Object byte[] 8
    $head = New-Object byte[] 8
    [void]$in.Read($head, 0, 8)
    [void]$in.Read($salt, 0, 8)
    $kdf = New-Object Security.Cryptography.Rfc2898DeriveBytes($word, $salt, 600000, [Security.Cryptography.HashAlgorithmName]::SHA256)
    $bytes = $kdf.GetBytes(48)
    $aes = [Security.Cryptography.Aes]::Create()
    $aes.Mode = 'CBC'
    $aes.Padding = 'PKCS7'
    $aes.Key = [byte[]]$bytes[0..31]
    $aes.IV = [byte[]]$bytes[32..47]
    $stream = New-Object Security.Cryptography.CryptoStream($in, $aes.CreateDecryptor(), 'Read')
    $out = [IO.File]::Create($to)
    try { $stream.CopyTo($out, 1048576) } finally { $out.Close(); $in.Close() }
}
function Open-ByCertificate([string]$from, [string]$to) {
    Add-Type -AssemblyName System.Security
    $cms = New-Object Security.Cryptography.Pkcs.EnvelopedCms
    $cms.Decode([IO.File]::ReadAllBytes($from))
    $cms.Decrypt()
    [IO.File]::WriteAllBytes($to, $cms.ContentInfo.Content)
}
$done = 0
foreach ($from in [IO.Directory]::GetFiles($root)) {
    if (-not ($from.EndsWith('.zip.enc') -or $from.EndsWith('.zip.p7m'))) { continue }
    $to = $from.Substring(0, $from.Length - 4)
    if ([IO.File]::Exists($to)) { Write-Host "已经有 $to，不覆盖。"; continue }
    try {
        if ($from.EndsWith('.enc')) { Open-ByPassphrase $from $to (Read-Host '请输入另行告知的口令') } else { Open-ByCertificate $from $to }
    } catch {
        if ([IO.File]::Exists($to)) { [IO.File]::Delete($to) }
        Write-Host "打不开 ${from}：口令不对，或者本机没有相应的证书和私钥。$($_.Exception.Message)"
        exit 1
    }
    Write-Host "已解开：$to"
    Write-Host ('SHA-256：' + (Get-Sum $to) + '（与“原件摘要.txt”所载核对，再按包内“03_如何核验”核验）')
    $done++
}
if (-not $done) { Write-Host '没有找到可解开的 .zip.enc 或 .zip.p7m 文件。'; exit 2 }
exit 0
