namespace Guest.Rig.Host;

/// <summary>How a program ended and what it said.</summary>
public readonly record struct ShellResult(int ExitCode, string Output, string Errors);
