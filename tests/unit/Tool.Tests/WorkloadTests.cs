using System.Linq;
using Guest.Rig.Paths;
using Guest.Tool.Bench;
using Guest.Tool.Bench.Workloads;

namespace Guest.Tool.Tests;

public sealed class WorkloadTests
{
    [Fact]
    public void Names_are_unique_and_every_scale_knows_its_own()
    {
        string[] names = [.. Workload.All.Select(workload => workload.Name)];

        Assert.Equal(names.Length, names.Distinct().Count());
        foreach (BenchScale scale in (BenchScale[])[BenchScale.Quick, BenchScale.Usual, BenchScale.Full])
            Assert.Equal(scale.Workloads.Distinct().Count(), scale.Choose([]).Count);
        Assert.Superset(
            new[] { "tcp-64x1", "tcp-64x16", "tcp-connect", "tcp-in", "tcp-out", "http-612x1", "http-612x64", "raw-64x1", "raw-64x16" }.ToHashSet(), names.ToHashSet());
    }

    [Theory]
    [InlineData("echo", "udp-64x1")]
    [InlineData("web", "http-612x1")]
    [InlineData("reflect", "raw-64x1")]
    [InlineData("disk", "randread-4096x1")]
    public void The_simplest_of_an_application_comes_alone(string application, string name) => Assert.Equal(name, Workload.Simplest(application).Name);

    [Fact]
    public void A_virtio_path_without_offloads_refuses_each_of_them()
    {
        GuestPath plain = GuestPaths.Parse("virtio").WithoutOffloads();

        Assert.Equal(("virtio-plain", true), (plain.Name, plain.IsPlain));
        string device = Assert.Single(plain.NetworkDevice, argument => argument.StartsWith("virtio-net-pci", System.StringComparison.Ordinal));
        foreach (string offload in (string[])["csum", "host_tso4", "host_tso6", "guest_csum", "guest_tso4", "guest_tso6"])
            Assert.Contains($",{offload}=off", device, System.StringComparison.Ordinal);
    }
}
