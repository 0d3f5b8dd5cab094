using Guest.Net.Stack;

namespace Guest.Net.Tests.Stack;

public sealed class InterfaceConfigurationTests
{
    [Theory]
    [InlineData(null)]
    [InlineData("dhcp")]
    public void DHCP_is_the_default(string? ip)
    {
        Assert.True(InterfaceConfiguration.TryParse(ip, null, null, out InterfaceConfiguration? configuration, out _));
        Assert.True(configuration.UsesDhcp);
    }

    [Fact]
    public void Fixed_address_with_gateway_and_name_server()
    {
        Assert.True(InterfaceConfiguration.TryParse("10.0.0.2/24", "10.0.0.1", "192.0.2.53", out InterfaceConfiguration? configuration, out _));
        Assert.False(configuration.UsesDhcp);
        Assert.Equal(("10.0.0.2", 24), (configuration.Address.Address.ToString(), configuration.Address.Length));
        Assert.Equal(("10.0.0.1", "192.0.2.53"), (configuration.Gateway.ToString(), configuration.NameServers.First.ToString()));
    }

    [Fact]
    public void Name_servers_of_both_versions_go_with_any_address()
    {
        Assert.True(InterfaceConfiguration.TryParse(null, null, "10.0.0.1,2001:db8::53", out InterfaceConfiguration? configuration, out _));
        Assert.True(configuration.UsesDhcp);
        Assert.Equal((2, "10.0.0.1", "2001:db8::53"), (configuration.NameServers.Count, configuration.NameServers[0].ToString(), configuration.NameServers[1].ToString()));
    }

    [Theory]
    [InlineData("10.0.0.2/24", "10.0.1.1")]
    [InlineData("192.0.2.7/32", "172.31.1.1")]
    public void A_router_may_lie_outside_the_network(string ip, string gateway)
    {
        Assert.True(InterfaceConfiguration.TryParse(ip, gateway, null, out InterfaceConfiguration? configuration, out _));
        Assert.Equal(gateway, configuration.Gateway.ToString());
    }

    [Theory]
    [InlineData("10.0.0.2", null, null, "ip=")]
    [InlineData("", null, null, "ip=")]
    [InlineData("10.0.0.0/24", null, null, "ip=")]
    [InlineData("10.0.0.255/24", null, null, "ip=")]
    [InlineData("10.0.0.2/0", null, null, "ip=")]
    [InlineData("127.0.0.1/8", null, null, "ip=")]
    [InlineData("224.0.0.1/24", null, null, "ip=")]
    [InlineData("2001:db8::1/64", null, null, "ip=")]
    [InlineData("10.0.0.2/24", "nonsense", null, "gateway=")]
    [InlineData("10.0.0.2/24", "224.0.0.1", null, "gateway=")]
    [InlineData("10.0.0.2/24", "0.0.0.0", null, "gateway=")]
    [InlineData("10.0.0.2/24", "2001:db8::1", null, "gateway=")]
    [InlineData("10.0.0.2/24", "10.0.0.2", null, "gateway=")]
    [InlineData("10.0.0.2/24", null, "nonsense", "dns=")]
    [InlineData("dhcp", "10.0.0.1", null, "gateway=")]
    [InlineData(null, null, "10.0.0.1,", "dns=")]
    [InlineData(null, null, "0.0.0.0", "dns=")]
    [InlineData(null, null, "1.1.1.1,2.2.2.2,3.3.3.3,4.4.4.4,5.5.5.5", "dns=")]
    public void What_is_wrong_is_named(string? ip, string? gateway, string? dns, string named)
    {
        Assert.False(InterfaceConfiguration.TryParse(ip, gateway, dns, out InterfaceConfiguration? configuration, out string? error));
        Assert.Null(configuration);
        Assert.StartsWith(named, error, System.StringComparison.Ordinal);
    }
}
