using System;
using System.Text;
using Guest.Boot;
using Guest.Net.Stack;

namespace Guest.Fuzz.Inputs;

/// <summary>The kernel's command line, and what follows from its addresses.</summary>
internal sealed class CommandLineTarget() : InputTarget("command-line", "the kernel's command line")
{
    public override int MostBytes => 512;

    public override byte[][] Words =>
    [
        .. Array.ConvertAll(
            "ip= gateway= dns= net= disk= disk-timeout= log= test= virtio_mmio.device= dhcp none auto 10.0.0.2/24 10.0.0.1 ms s -- 512@0xfeb00000:12 debug :: eth0:off \" ".Split(' '), Encoding.ASCII.GetBytes),
    ];

    public override byte[][] Seeds => Array.ConvertAll<string, byte[]>(
        [
            "", "ip=10.0.0.2/24 gateway=10.0.0.1 dns=10.0.0.3 net=e1000 disk=ahci log=debug test=extra-access -- read -- net=x", "ip=dhcp disk-timeout=500ms log=warn",
            "ip=192.0.2.1::192.0.2.254:255.255.255.0:host:eth0:off:192.0.2.53", "console=ttyS0 root=/dev/vda quiet virtio_mmio.device=512@0xfeb00000:12 virtio_mmio.device=4K@0xfeb00e00:13",
        ],
        Encoding.ASCII.GetBytes);

    public override void Run(ReadOnlySpan<byte> input)
    {
        KernelOptions options = KernelOptions.Parse(Encoding.Latin1.GetString(input));
        bool understood = InterfaceConfiguration.TryParse(options.Address, options.Gateway, options.NameServer, out InterfaceConfiguration? configuration, out string? error);
        Assert.Equal(understood, configuration is not null);
        Assert.NotEqual(understood, error is not null);
    }
}
