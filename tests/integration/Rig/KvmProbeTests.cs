using System.IO;
using Guest.Rig.Host;

namespace Guest.Integration.Tests.Rig;

public sealed class KvmProbeTests
{
    [Fact]
    public void The_probe_runs_to_its_end_and_finds_what_the_kernel_is_compiled_for()
    {
        string firmware = Path.GetTempFileName();
        try
        {
            File.WriteAllBytes(firmware, KvmProbe.Firmware());

            // Emulated it must always succeed: what it says of KVM is then KVM's doing.
            Assert.Null(KvmProbe.Explain(KvmProbe.Run(firmware, "tcg")));
        }
        finally
        {
            File.Delete(firmware);
        }
    }

    [Fact]
    public void A_processor_without_what_the_kernel_needs_a_hang_and_a_refusal_are_told_apart()
    {
        Assert.Contains("x86-64-v2", KvmProbe.Explain(new ShellResult(35, "", "")));
        Assert.Contains("did not end", KvmProbe.Explain(new ShellResult(124, "", "")));
        Assert.Contains("failed to set MSR", KvmProbe.Explain(new ShellResult(134, "", "qemu: failed to set MSR 0x10a\nmore\n")));
    }
}
