using System.Threading;

namespace Guest.Core.Memory;

/// <summary>Hosted, memory is taken back as a whole, and with it what lies here.</summary>
public sealed unsafe partial class PageRun
{
    internal static void ForgetSpares() => Volatile.Write(ref s_spare, null);
}
