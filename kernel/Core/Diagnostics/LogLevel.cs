namespace Guest.Core.Diagnostics;

/// <summary>How much the console is told; the kernel option <c>log=</c>.</summary>
public enum LogLevel
{
    /// <summary>What a person should act on.</summary>
    Warn,

    /// <summary>What happened, once each.</summary>
    Info,

    /// <summary>What a developer of the kernel wants to see.</summary>
    Debug,
}
