#version 330
in vec3 v_pos; in float v_hand;
out vec4 texel;
void main() { texel = vec4(v_pos, 1.0 + v_hand); }
