using System.IO;

namespace Guest.Core.Tests.Aml;

/// <summary>The definition blocks (DSDT) that QEMU 7.2 gives its machines, read out of their memory.</summary>
internal static class QemuTable
{
    public static readonly string[] All = ["microvm", "microvm-pcie", "pc-pxb", "q35-pxb", "q35-bridges"];

    public static byte[] Read(string name)
    {
        using Stream stream = typeof(QemuTable).Assembly.GetManifestResourceStream(name)!;
        byte[] table = new byte[stream.Length];
        stream.ReadExactly(table);
        return table;
    }
}
