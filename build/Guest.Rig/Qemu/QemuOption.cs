using System;

namespace Guest.Rig.Qemu;

/// <summary>Values inside QEMU's options, such as <c>file=VALUE,format=raw</c>.</summary>
public static class QemuOption
{
    /// <summary>Writes a value so that it is read back as it is: a comma ends one unless it is doubled.</summary>
    public static string Escape(string value) => value.Replace(",", ",,", StringComparison.Ordinal);
}
